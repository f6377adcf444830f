from eservices.formdefs.importers.command import ImportCommand
from eservices.formdefs.importers.openforms import import_openforms


class Command(ImportCommand):
    help = "Turn an export of Open Forms (zip or JSON) into a definition; tell what is lost."
    reads = staticmethod(import_openforms)
