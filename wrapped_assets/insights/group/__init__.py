"""What a group of consenting listeners is told together, one file each."""
