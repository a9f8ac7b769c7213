"""What broke under kills, full disks, wrong databases and simultaneous changes."""
