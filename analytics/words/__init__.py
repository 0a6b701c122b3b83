"""What people read, without Streamlit: numbers, durations, periods, countries, headlines, and files of numbers."""
