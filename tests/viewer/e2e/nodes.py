"""What a page of ours is made of, and nothing else: whatever a model writes becomes text in these."""

from typing import Any, Final

from playwright.sync_api import Page

_TAGS: Final = """
    a abbr article aside b blockquote body br button caption circle clipPath code col colgroup dd defs del desc
    details dialog div dl dt em fieldset figcaption figure footer form g h1 h2 h3 h4 h5 h6 head header hr html
    input ins kbd label legend li line link main mark meta nav noscript ol optgroup option output p path pattern polygon
    polyline pre progress q rect script search section select small span strong style sub summary sup svg table
    tbody td text textarea tfoot th thead time title tr tspan ul
"""
_ATTRIBUTES: Final = """
    abbr autocomplete autofocus cellpadding charset checked class clip-path clip-rule cols colspan content cx cy d
    defer dir disabled dominant-baseline download dx dy enterkeyhint fill fill-rule focusable font-size for
    headers height hidden href http-equiv id inert inputmode lang max maxlength min minlength multiple name offset
    opacity open pathLength placeholder points preserveAspectRatio r readonly rel required role rows rowspan rx ry
    scope selected size spellcheck src start step stroke stroke-dasharray stroke-linecap stroke-linejoin stroke-
    width style tabindex target text-anchor title transform type value viewBox width wrap x x1 x2 xmlns y y1 y2
"""
_FAULTS: Final = """([tags, attributes]) => {
    const known = new Set(tags), allowed = new Set(attributes), faults = [];
    const address = /^(#|\\.?\\/?app\\.(js|css)$|data:,$|\\.?\\/?licences\\.txt$)/u;
    const ours = /^[a-z][a-z0-9:-]{0,60}$/iu;
    const computed = /^(\\s*--[a-z-]+:\\s*[-\\d.]+(px|%|em|rem|deg)?\\s*;?)+$/u;
    const look = (element) => {
        const head = element.parentElement === document.head;
        if (!known.has(element.localName)) faults.push(`<${element.localName}>`);
        if (["script", "style", "meta", "link"].includes(element.localName) && !head && element.id !== "petri-data"
            && !(element.localName === "script" && element.parentElement === document.body))
            faults.push(`<${element.localName}> in the page`);
        for (const { name, value } of element.attributes) {
            const where = `${element.localName}[${name}=${JSON.stringify(value).slice(0, 120)}]`;
            if (!allowed.has(name) && !/^(aria|data)-[a-z-]+$/u.test(name)) faults.push(where);
            else if (["href", "src"].includes(name) && !address.test(value)) faults.push(where);
            else if (["id", "name", "for"].includes(name) && !head && !ours.test(value)) faults.push(where);
            else if (name === "style" && !computed.test(value)) faults.push(where);
        }
        for (const child of element.children) look(child);
        if (element.shadowRoot !== null) faults.push(`${element.localName} has a shadow`);
    };
    look(document.documentElement);
    const names = ["config", "cookie", "location", "hash", "href", "top", "history", "body"];
    for (const name of names)
        if (document.getElementById(name) || document.getElementsByName(name).length) faults.push(`#${name}`);
    return [...new Set(faults)];
}"""


def strange_nodes(page: Page) -> list[str]:
    """Everything in the page that is not on the lists: elements, attributes, addresses, styles."""
    found: Any = page.evaluate(_FAULTS, [_TAGS.split(), _ATTRIBUTES.split()])
    return found


_UNSEEN: Final = r"""() => {
    const unseen = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
    const tags = /[\u{e0000}-\u{e0fff}]/u;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), faults = new Set();
    while (walker.nextNode()) {
        const { data, parentElement } = walker.currentNode;
        if (parentElement.localName === "script" || (!unseen.test(data) && !tags.test(data))) continue;
        const path = [];
        for (let each = parentElement; each !== null && path.length < 4; each = each.parentElement)
            path.unshift(`${each.localName}.${each.className}`);
        faults.add(`${path.join(" > ")}: ${JSON.stringify(data.slice(0, 60))}`);
    }
    return [...faults].slice(0, 20);
}"""


def unseen_text(page: Page) -> list[str]:
    """Texts of the page with characters in them that nobody sees, or that reorder what is seen."""
    found: Any = page.evaluate(_UNSEEN)
    return found


def open_everything(page: Page) -> None:
    """Open what is folded, as often as there is something new, so that all text is in the page."""
    page.evaluate(
        """async () => {
            for (let round = 0; round < 6; round += 1) {
                const closed = [...document.querySelectorAll("details:not([open]) > summary")];
                const folded = [...document.querySelectorAll("main button.more")];
                if (closed.length + folded.length === 0) return;
                for (const each of [...closed, ...folded]) each.click();
                await new Promise((done) => setTimeout(done, 30));
            }
        }"""
    )
