"""Methods of recognition: pixels -> description, two descriptions -> comparison.

Knows no Flask and no MongoDB; imports numpy, cv2, `imaging`, `errors` and itself only.
"""
