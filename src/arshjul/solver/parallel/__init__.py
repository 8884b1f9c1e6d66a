"""Worker processes, pools of them, and executors (local processes, or a Dask cluster)."""
