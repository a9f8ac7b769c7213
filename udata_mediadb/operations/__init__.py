"""What one runs: commands, jobs, imports, migrations, recovery."""
