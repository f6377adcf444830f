"""The constraints of CPSV-AP 3.2.0 on the classes that we export, as SHACL shapes.

Restated from the shapes that SEMIC publishes (github.com/SEMICeu/CPSV-AP,
releases/3.2.0/shacl/cpsv-ap-SHACL.ttl, commit 9ac61ee4). Their file repeats each
constraint with its explanation in 87 kB; here a line says: class, path, how many, of what.
"""

from rdflib import RDF, BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import SH

PREFIXES = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "org": "http://www.w3.org/ns/org#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "adms": "http://www.w3.org/ns/adms#",
    "atu": "http://data.europa.eu/88u/dataset/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "time": "http://www.w3.org/2006/time#",
}
CONSTRAINTS = """
cpsv:PublicService dct:identifier 1 1
cpsv:PublicService dct:title 1 * rdf:langString
cpsv:PublicService dct:description 1 * rdf:langString
cpsv:PublicService cv:hasCompetentAuthority 1 * cv:PublicOrganisation
cpsv:PublicService cv:hasParticipation 0 * cv:Participation
cpsv:PublicService dcat:keyword 0 * rdf:langString
cpsv:PublicService cv:holdsRequirement 0 * cv:Requirement
cpsv:PublicService cpsv:follows 0 * cpsv:Rule
cpsv:PublicService cpsv:hasInput 0 * cv:Evidence
cpsv:PublicService cv:hasInputType 0 * cv:EvidenceType
cpsv:PublicService cpsv:produces 0 * cv:Output
cpsv:PublicService cv:hasCost 0 * cv:Cost
cpsv:PublicService cv:hasChannel 0 * cv:Channel
cpsv:PublicService cv:hasLegalResource 0 * eli:LegalResource
cpsv:PublicService cv:isGroupedBy 0 * cv:Event
cpsv:PublicService cv:isClassifiedBy 0 * skos:Concept
cpsv:PublicService cv:thematicArea 0 * skos:Concept
cpsv:PublicService cv:sector 0 * skos:Concept
cpsv:PublicService dct:audience 0 * skos:Concept
cpsv:PublicService dct:type 0 * skos:Concept
cpsv:PublicService dct:language 0 * dct:LinguisticSystem
cpsv:PublicService dct:spatial 0 * dct:Location
cpsv:PublicService dct:isPartOf 0 * dcat:Dataset
cpsv:PublicService adms:status 0 1 skos:Concept
cpsv:PublicService cv:processingTime 0 1 xsd:duration
cpsv:PublicService cv:contactPoint 0 * cv:ContactPoint
cpsv:PublicService cv:relatedService 0 * cpsv:PublicService
cpsv:PublicService dct:requires 0 * cpsv:PublicService
cv:PublicOrganisation skos:prefLabel 1 * rdf:langString
cv:PublicOrganisation dct:spatial 1 * atu:atu-type
cv:Event dct:identifier 1 1
cv:Event dct:title 1 * rdf:langString
cv:Event dct:description 0 * rdf:langString
cv:Event cv:hasRelatedService 0 * cpsv:PublicService
cv:LifeEvent dct:type 0 * skos:Concept
cv:BusinessEvent dct:type 0 * skos:Concept
cv:Requirement dct:identifier 1 1
cv:Requirement dct:title 1 * rdf:langString
cv:Requirement dct:type 0 * skos:Concept
cv:Requirement cv:fulfils 0 * cpsv:Rule
cv:Requirement cv:hasSupportingEvidence 0 * cv:Evidence
cv:Evidence dct:identifier 1 1
cv:Evidence dct:title 1 * rdf:langString
cv:Evidence dct:description 0 * rdf:langString
cv:Evidence dct:type 0 1 skos:Concept
cv:Evidence dct:language 0 * dct:LinguisticSystem
cv:Evidence dct:conformsTo 0 * cv:EvidenceType
cv:Evidence cv:supportsRequirement 0 * cv:Requirement
cv:Evidence foaf:page 0 * foaf:Document
cv:Output dct:identifier 1 1
cv:Output dct:title 1 * rdf:langString
cv:Output dct:description 0 * rdf:langString
cv:Output dct:type 0 * skos:Concept
cv:Output dct:language 0 * dct:LinguisticSystem
cv:Cost dct:identifier 1 1
cv:Cost dct:description 0 * rdf:langString
cv:Cost cv:hasValue 0 1 xsd:double
cv:Cost cv:currency 0 1 skos:Concept
cv:Cost cv:isDefinedBy 0 * org:Organization
cv:Cost cv:ifAccessedThrough 0 1 cv:Channel
cv:Channel dct:identifier 1 1
cv:Channel dct:description 0 * rdf:langString
cv:Channel dct:type 0 1 skos:Concept
cv:Channel cv:ownedBy 0 * org:Organization
cv:Channel cv:openingHours 0 * time:TemporalEntity
cv:Channel cv:specialOpeningHoursSpecification 0 * time:TemporalEntity
cv:Channel cv:processingTime 0 1 xsd:duration
cv:Channel cpsv:hasInput 0 * cv:Evidence
eli:LegalResource dct:relation 0 * eli:LegalResource
"""
DATATYPES = {"rdf:langString", "xsd:double", "xsd:duration"}


def shapes() -> Graph:
    """Return the constraints as one SHACL graph."""
    graph = Graph()
    nodes: dict[str, URIRef] = {}
    for line in CONSTRAINTS.split("\n"):
        if not line:
            continue
        target, path, least, most, *kind = line.split()
        node = nodes.setdefault(target, URIRef(f"urn:shape:{target}"))
        graph.add((node, RDF.type, SH.NodeShape))
        graph.add((node, SH.targetClass, _iri(target)))
        rule = BNode()
        graph.add((node, SH.property, rule))
        graph.add((rule, SH.path, _iri(path)))
        if least != "0":
            graph.add((rule, SH.minCount, Literal(int(least))))
        if most != "*":
            graph.add((rule, SH.maxCount, Literal(int(most))))
        for name in kind:
            graph.add((rule, SH.datatype if name in DATATYPES else SH["class"], _iri(name)))
    return graph


def _iri(name: str) -> URIRef:
    prefix, _colon, local = name.partition(":")
    return Namespace(PREFIXES[prefix])[local]
