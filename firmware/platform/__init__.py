"""What a board does before the agent runs, and which only its own sort of chip can do."""
