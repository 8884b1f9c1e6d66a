"""The year turns: what a year holds, carried into the next by the calendar."""
