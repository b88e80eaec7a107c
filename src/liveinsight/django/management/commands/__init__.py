"""Commands of manage.py: liveinsight_tables, liveinsight_seed, liveinsight_check."""
