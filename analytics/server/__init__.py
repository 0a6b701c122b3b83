"""What stands before Streamlit in the same process: who may ask, what is hidden, and files that never change."""
