"""The least that a Streamlit app with a number, a chart and a table can be, for `first.py`."""

import pandas as pd
import streamlit as st

st.metric("A number", 1)
st.plotly_chart({"data": [{"x": [1, 2, 3], "y": [1, 3, 2], "type": "scatter"}], "layout": {}})
st.dataframe(pd.DataFrame({"A number": [1]}))
