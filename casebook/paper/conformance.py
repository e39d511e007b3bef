"""Turns what reportlab wrote into PDF/UA-1 and PDF/A-2a: structure, metadata, colours and language."""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from xml.sax.saxutils import escape
from zlib import adler32

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from casebook.paper.content import Document
from casebook.paper.glyphs import clean_xml
from casebook.paper.structure import Element, Piece

CREATOR = "Casusboek"
_ICC_DATE = bytes([0x07, 0xE0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0])
_LONE_ZERO = re.compile(r"<[0-9A-F]{2}> <0000>\s")
_MAPPED = re.compile(r"<[0-9A-F]{2}> <[0-9A-F]{4}>")


def conforming(raw: bytes, document: Document, root: Element, marked: Sequence[Sequence[Element]]) -> bytes:
    """The same pages as a tagged, archivable document; *marked* gives for each page its marked elements."""
    with pikepdf.open(BytesIO(raw)) as pdf:
        _add_structure(pdf, root, marked)
        _add_colour_profile(pdf)
        _mend_character_maps(pdf)
        _steady_ends(pdf)
        _describe(pdf, document)
        written = BytesIO()
        pdf.save(written, min_version="1.7", fix_metadata_version=False, deterministic_id=True)
    return written.getvalue()


def _add_structure(pdf: Pdf, root: Element, marked: Sequence[Sequence[Element]]) -> None:
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    made: dict[Element, pikepdf.Object] = {}
    tree.K = Array([_structure_element(pdf, root, tree, made)])
    numbers = Array()
    for place, page in enumerate(pdf.pages):
        page.obj.StructParents = place
        page.obj.Tabs = Name.S
        numbers.append(place)
        numbers.append(pdf.make_indirect(Array([made[each] for each in marked[place]])))
    tree.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(pdf.pages)
    pdf.Root.StructTreeRoot = tree
    pdf.Root.MarkInfo = Dictionary(Marked=True)


def _structure_element(
    pdf: Pdf, element: Element, parent: pikepdf.Object, made: dict[Element, pikepdf.Object]
) -> pikepdf.Object:
    written = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{element.tag}"), P=parent))
    made[element] = written
    if element.alternative_text:
        written.Alt = String(element.alternative_text)
    if attributes := _attributes(element):
        written.A = attributes
    if element.children:
        written.K = Array(
            _piece(pdf, each) if isinstance(each, Piece) else _structure_element(pdf, each, written, made)
            for each in element.children
        )
    return written


def _piece(pdf: Pdf, piece: Piece) -> Dictionary:
    return Dictionary(Type=Name.MCR, Pg=pdf.pages[piece.page].obj, MCID=piece.number)


def _attributes(element: Element) -> Dictionary | None:
    if element.scope:
        return Dictionary(O=Name.Table, Scope=Name(f"/{element.scope}"))
    if element.numbering:
        return Dictionary(O=Name.List, ListNumbering=Name(f"/{element.numbering}"))
    if element.box:
        box = Array(round(each, 2) for each in element.box)
        return Dictionary(O=Name.Layout, Placement=Name.Block, BBox=box)
    return None


def _add_colour_profile(pdf: Pdf) -> None:
    from PIL import ImageCms

    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The moment at which it was made would make each document differ.
    profile[24:36] = _ICC_DATE
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_stream(bytes(profile), N=3),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def _mend_character_maps(pdf: Pdf) -> None:
    """Leave out the unused places of a font that reportlab maps to no character at all."""
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/Type") == Name.Font and "/ToUnicode" in each:
            held = each.ToUnicode.read_bytes().decode("latin-1")
            kept, dropped = _LONE_ZERO.subn("", held)
            if dropped:
                count = len(_MAPPED.findall(held))
                kept = kept.replace(f"{count} beginbfchar", f"{count - dropped} beginbfchar")
                each.ToUnicode.write(kept.encode("latin-1"))


def _steady_ends(pdf: Pdf) -> None:
    """Let no stream end, once compressed, in a byte that can be taken for the line end after it.

    The last byte of compressed data is that of its Adler-32 sum (RFC 1950).
    """
    for each in pdf.objects:
        if isinstance(each, Stream) and "/N" not in each:
            held = each.read_bytes()
            if adler32(held) & 0xFF in b"\r\n":
                each.write(held + b" ")
                if "/Length1" in each:
                    each.Length1 = len(held) + 1


def _describe(pdf: Pdf, document: Document) -> None:
    title, author, subject = (clean_xml(each) for each in (document.title, document.author, document.subject))
    pdf.Root.Lang = String(document.language)
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    for key in list(pdf.docinfo.keys()):
        del pdf.docinfo[key]
    moment = String(_pdf_moment(document.made))
    pdf.docinfo["/Title"] = String(title)
    pdf.docinfo["/Author"] = String(author)
    pdf.docinfo["/Subject"] = String(subject)
    pdf.docinfo["/Creator"] = String(CREATOR)
    pdf.docinfo["/Producer"] = String(CREATOR)
    pdf.docinfo["/CreationDate"] = moment
    pdf.docinfo["/ModDate"] = moment
    packet = _XMP.format(
        title=escape(title),
        author=escape(author),
        subject=escape(subject),
        language=document.language,
        moment=document.made.isoformat(timespec="seconds"),
        creator=CREATOR,
    )
    pdf.Root.Metadata = pdf.make_stream(packet.encode(), Type=Name.Metadata, Subtype=Name.XML)


def _pdf_moment(moment: datetime) -> str:
    zone = moment.strftime("%z") or "+0000"
    return f"{moment:D:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<pdf:Producer>{creator}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about=""
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
