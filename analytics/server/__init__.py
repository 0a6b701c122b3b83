"""What stands before Streamlit in the same process: who is answered, within which limits, with which headers."""
