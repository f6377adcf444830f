"""The only writers of what the desk keeps: views, labels, distribution, exports."""
