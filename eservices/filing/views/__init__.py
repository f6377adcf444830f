"""The citizen's pages: starting and filling a request, following it, what an account keeps."""
