"""What Faker does not say well of a country: what organisations are called there, and where its places come from.

Faker's own companies carry the same few suffixes everywhere, and are sometimes real ones; many of its towns
("Berryberg") exist nowhere.
"""

# ruff: noqa: RUF001 -- words in other alphabets

from dataclasses import dataclass
from typing import Final

from petri.document.wording import did_you_mean
from petri.errors import UsageError

GIVEN_FIRST: Final = "{given} {family}"


@dataclass(frozen=True, slots=True)
class Locale:
    """One locale: ``{a}`` and ``{b}`` in ``organisations`` are surnames, ``{place}`` is a place.

    ``country``: places are real ones of this country, in Latin script; empty where Faker's own towns are real.
    ``person`` puts ``{given}`` and ``{family}`` in order. In a ``mixed`` locale some people have roots elsewhere.
    """

    domain: str
    organisations: tuple[str, ...]
    country: str = ""
    person: str = GIVEN_FIRST
    mixed: bool = False


_AMERICAN: Final = (
    *("{a} Freight", "{a} Family Dental", "{a} & {b} LLP", "{a} Analytics", "{a} Property Management"),
    *("{a} Foods", "{a} Civil Engineering", "{place} Credit Union", "{place} Public Library", "{a} Roofing"),
    *("{a} Biologics", "{place} Family Clinic", "{a} Insurance", "{a} Labs", "{place} Food Bank"),
)
_BRITISH: Final = (
    *("{a} Haulage", "{a} Dental Practice", "{a} & {b} Solicitors", "{a} Lettings", "{place} Housing Trust"),
    *(
        "{a} Joinery Ltd",
        "{place} Community Centre",
        "{a} Veterinary Group",
        "{a} Accountants",
        "{a} Textiles",
    ),
    *(
        "{place} Primary School",
        "{a} Renewables",
        "{a} Instruments Ltd",
        "{place} Credit Union",
        "{a} Bakery",
    ),
)
_GERMAN: Final = (
    *("{a} GmbH", "{a} & {b} GbR", "Autohaus {a}", "Bäckerei {a}", "{a} Logistik GmbH", "Praxis {a}"),
    *("Kanzlei {a}", "Stadtwerke {place}", "Tischlerei {a}", "{a} Medizintechnik", "Hausverwaltung {a}"),
)
_FRENCH: Final = (
    *("{a} SARL", "Transports {a}", "Cabinet {a}", "Menuiserie {a}", "Pharmacie {a}", "{a} Conseil"),
    *("Garage {a}", "Clinique de {place}", "Imprimerie {a}", "{a} et {b} SAS", "Mairie de {place}"),
)
_SPANISH: Final = (
    *("Transportes {a}", "Clínica {a}", "Asesoría {a}", "{a} y {b} Abogados", "Talleres {a}", "Farmacia {a}"),
    *("Inmobiliaria {a}", "Imprenta {a}", "Bodegas {a}", "Panadería {a}", "Construcciones {a}"),
)
_PORTUGUESE: Final = (
    *("Transportes {a}", "Clínica {a}", "{a} & {b} Advogados", "Padaria {a}", "Farmácia {a}", "Oficina {a}"),
    *("Construtora {a}", "Gráfica {a}", "{a} Contabilidade", "Imobiliária {a}"),
)

LOCALES: Final = {
    "en_US": Locale("com", _AMERICAN, "US", mixed=True),
    "en_CA": Locale("ca", _AMERICAN, "CA", mixed=True),
    "en_GB": Locale("co.uk", _BRITISH, "GB", mixed=True),
    "en_AU": Locale("com.au", _BRITISH, "AU", mixed=True),
    "en_IN": Locale("in", ("{a} Traders", "{a} & {b} Associates", "{a} Textiles", "{a} Motors", "{a} Infotech",
                           "{place} Dental Centre", "{a} Pharma Distributors", "{a} Builders", "{a} Logistics")),
    "en_NG": Locale("com.ng", ("{a} Ventures", "{a} & {b} Chambers", "{a} Haulage", "{a} Pharmacy", "{a} Foods",
                               "{place} Microfinance", "{a} Farms", "{a} Printing Press", "{a} Energy"), "NG"),
    "de_DE": Locale("de", _GERMAN),
    "de_AT": Locale("at", _GERMAN),
    "de_CH": Locale("ch", ("{a} AG", "Garage {a}", "Treuhand {a}", "Schreinerei {a}", "{a} & {b} AG", "Praxis {a}",
                           "Bäckerei {a}", "{a} Medtech AG")),
    "fr_FR": Locale("fr", _FRENCH, "FR"),
    "fr_CA": Locale("ca", ("Transport {a}", "Clinique {a}", "{a} et {b} Avocats", "Boulangerie {a}", "Garage {a}",
                           "Construction {a}", "Pharmacie {a}", "Immobilier {a}"), "CA"),
    "es_ES": Locale("es", _SPANISH),
    "es_MX": Locale("com.mx", _SPANISH, "MX"),
    "es_AR": Locale("com.ar", _SPANISH),
    "es_CO": Locale("com.co", _SPANISH),
    "pt_BR": Locale("com.br", _PORTUGUESE, "BR"),
    "pt_PT": Locale("pt", _PORTUGUESE),
    "it_IT": Locale("it", ("Studio {a}", "Autotrasporti {a}", "Farmacia {a}", "Officina {a}", "{a} & {b} S.r.l.",
                           "Panificio {a}", "Immobiliare {a}", "Tipografia {a}", "{a} Impianti"), "IT"),
    "nl_NL": Locale("nl", ("{a} BV", "{a} Transport", "Bakkerij {a}", "Garage {a}", "{a} & {b} Advocaten",
                           "Apotheek {a}", "{a} Installaties", "Drukkerij {a}"), "NL"),
    "pl_PL": Locale("pl", ("Piekarnia {a}", "Kancelaria {a}", "{a} Transport", "Apteka {a}", "{a} Budownictwo",
                           "Drukarnia {a}", "Gabinet {a}", "{a} i {b} sp.j.")),
    "cs_CZ": Locale("cz", ("{a} s.r.o.", "Pekařství {a}", "Autoservis {a}", "Lékárna {a}", "{a} Stavby",
                           "Tiskárna {a}", "{a} a {b} v.o.s.")),
    "sv_SE": Locale("se", ("{a} AB", "{a}s Bageri", "{a} Åkeri AB", "Advokatfirman {a}", "{a} Bygg AB",
                           "{place} Tandvård", "{a} & {b} HB")),
    "da_DK": Locale("dk", ("{a} ApS", "{a}s Bageri", "{a} Transport A/S", "Advokatfirmaet {a}", "{a} Byg ApS",
                           "Tandlægerne {place}")),
    "fi_FI": Locale("fi", ("{a} Oy", "Leipomo {a}", "Kuljetus {a} Oy", "{a} Rakennus Oy", "Tilitoimisto {a}",
                           "Apteekki {a}")),
    "tr_TR": Locale("com.tr", ("{a} Nakliyat", "{a} İnşaat", "{a} Eczanesi", "{a} Gıda", "{a} Hukuk Bürosu",
                               "{a} Tekstil", "{a} Matbaa"), "TR"),
    "el_GR": Locale("gr", ("Αρτοποιείο {a}", "Μεταφορές {a}", "Φαρμακείο {a}", "{a} Κατασκευές", "Τυπογραφείο {a}")),
    "ru_RU": Locale("ru", ("ООО «{a}»", "Пекарня «{place}»", "Аптека «{place}»", "ООО «{place}-Сервис»",
                           "Типография «{place}»", "АО «{place}строй»")),
    "uk_UA": Locale("ua", ("ТОВ «{place}-Сервіс»", "Аптека «{place}»", "Пекарня «{place}»", "ФОП {a}",
                           "Друкарня «{place}»")),
    "ja_JP": Locale("co.jp", ("{a}工業株式会社", "株式会社{a}商店", "{a}歯科医院", "{a}運送株式会社", "{a}法律事務所",
                              "{a}印刷株式会社", "{a}建設株式会社"), person="{family} {given}"),
    "zh_CN": Locale("cn", ("{place}{a}记食品有限公司", "{place}图书馆", "{place}第一中学", "{place}物流有限公司",
                           "{a}氏诊所", "{a}{b}律师事务所", "{place}印刷厂"), person="{family}{given}"),
    "ko_KR": Locale("co.kr", ("{a}{b}법률사무소", "{place}도서관", "{a}치과의원", "{place}물류", "{a}약국",
                              "{place}건설"), person="{family}{given}"),
    "vi_VN": Locale("vn", ("Công ty TNHH {a} {b}", "Nhà thuốc {a}", "Vận tải {a} {b}", "Phòng khám {a}",
                           "Xây dựng {a} {b}", "Nhà in {place}"), person="{family} {given}"),
    "id_ID": Locale("co.id", ("CV {a}", "PT {a} Logistik", "Apotek {a}", "Klinik {a}", "PT {a} Konstruksi",
                              "Percetakan {a}", "Toko {a}")),
    "hi_IN": Locale("in", ("{a} ट्रेडर्स", "{a} मेडिकल", "{a} एंड संस", "{a} प्रकाशन", "{a} टेक्सटाइल")),
}  # fmt: skip
"""The locales an audit can be set in."""

COMMON: Final = tuple(locale for locale in LOCALES if locale.startswith("en_"))
"""Where an audit is set whose scenario names no locale; its conversation will be in English."""

MIXED: Final = ("en_IN", "en_NG", "es_MX", "pl_PL", "vi_VN", "it_IT", "tr_TR", "pt_BR", "de_DE", "fr_FR")
"""Where some of the people in a mixed locale have their roots; all of them in Latin script."""


def known_locale(name: str) -> str:
    """Give a locale as it is spelt here (``de-de`` is ``de_DE``); raises ``UsageError`` for one that is not known."""
    wanted = name.replace("-", "_").lower()
    for known in LOCALES:
        if known.lower() == wanted:
            return known
    same_language = [known for known in LOCALES if known.partition("_")[0] == wanted.partition("_")[0]]
    choices = ", ".join(same_language or LOCALES)
    near = "" if same_language else did_you_mean(name, LOCALES)
    raise UsageError(f"there are no names for the locale {name!r}{near}; {_which(same_language)}: {choices}")


def _which(same_language: list[str]) -> str:
    return "of that language there are" if same_language else "known"
