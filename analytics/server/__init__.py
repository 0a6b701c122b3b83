"""What answers before Streamlit in the same process: allowed hosts, hidden paths, and files that never change."""
