from tests.backoffice.conftest import add_piece, agent, chief, desk, office

__all__ = ["add_piece", "agent", "chief", "desk", "office"]
