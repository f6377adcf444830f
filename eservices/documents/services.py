"""Issue, show and revoke documents. The only writers of IssuedDocument."""
