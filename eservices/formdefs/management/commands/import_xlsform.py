from eservices.formdefs.importers.command import ImportCommand
from eservices.formdefs.importers.xlsform import import_xlsform


class Command(ImportCommand):
    help = "Turn an XLSForm (.xlsx, or the CSV of pyxform) into a definition; tell what is lost."
    reads = staticmethod(import_xlsform)
