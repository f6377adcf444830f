"""A provider in a box: speaks the provider's dialect in this process, with a page to play the payer.

Installed only where PAYMENTS_SANDBOX is true; a real installation has neither its addresses nor
its tables.
"""
