"""Word that an application may lack descriptions now, for those above who compute them."""

from blinker import Signal

signatures_changed = Signal("Sent by an Application whose signatures may have been changed.")
