"""The open catalogue is valid CPSV-AP 3.2, and what CPSV-AP asks for is really there."""

import json

import pyshacl
import pytest
from rdflib import RDF, Graph, Namespace

from cms_pages.models import LegalResource, Organisation, ProcedurePage
from tests.cms_pages.cpsv_ap import PREFIXES, shapes

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # rdflib reads JSON-LD its old way
]
CPSV, CV = Namespace(PREFIXES["cpsv"]), Namespace(PREFIXES["cv"])
ADDRESS = "/donnees-ouvertes/procedures.jsonld"


def read(visitor, language: str = "") -> Graph:
    graph = Graph()
    return graph.parse(data=visitor.get(language + ADDRESS).content.decode(), format="json-ld")


def faults(graph: Graph) -> str:
    conforms, _results, text = pyshacl.validate(graph, shacl_graph=shapes())
    return "" if conforms else text


@pytest.mark.parametrize("language", ["", "/ar", "/en"])
def test_the_catalogue_is_valid(visitor, language):
    graph = read(visitor, language)
    assert faults(graph) == ""
    code = language.strip("/") or "fr"
    guides = ProcedurePage.objects.live().filter(locale__language_code=code)
    assert len(set(graph.subjects(RDF.type, CPSV.PublicService))) == guides.count()
    kinds = [CV.Cost, CV.Channel, CV.Evidence, CV.Requirement, CV.Output]
    for kind in (*kinds, CV.LifeEvent, CV.BusinessEvent):
        assert set(graph.subjects(RDF.type, kind)), kind
    for path in (CV.hasChannel, CV.isGroupedBy, CV.thematicArea, CV.hasLegalResource, CV.hasValue):
        assert set(graph.subjects(path)), path


def test_a_guide_that_lacks_almost_everything_is_valid_too(visitor):
    guide = ProcedurePage.objects.get(identifier="SV-09", locale__language_code="fr")
    guide.authority = None
    guide.save()
    Organisation.objects.update(territory="")
    LegalResource.objects.update(url="")
    assert faults(read(visitor)) == ""


def test_the_shapes_do_refuse(visitor):
    data = visitor.get(ADDRESS).json()
    for node in data["@graph"]:
        node.pop("dct:identifier", None)
    graph = Graph().parse(data=json.dumps(data), format="json-ld")
    assert "identifier" in faults(graph)
