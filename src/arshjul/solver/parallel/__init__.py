"""Worker processes, pools of them, and executors (processes of our own, or a Dask cluster)."""
