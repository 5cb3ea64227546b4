"""What the program asks of the machine it runs on: its cores, its cache folder, and no network."""
