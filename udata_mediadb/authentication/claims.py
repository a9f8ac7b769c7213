"""What every token of either kind is measured by."""

CLIENT_ID = "ltu-api"  # LTU guide: the OAuth client
CLOCK_LEEWAY_S = 60  # a clock 30 s off is common without NTP, one 90 s off is a fault
REFUSED = "The token is not valid, or no longer."
