"""A portal under kills, full disks and absent servers, and what was acknowledged meanwhile.

python -m benchmarks.storm --minutes 1 --kind workers
"""
