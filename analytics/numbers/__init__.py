"""Numbers of stored events for whoever asks without a screen: commands, and programs with a read key."""
