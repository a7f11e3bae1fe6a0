"""One figure of a release, looked up by what it is."""

from dataclasses import replace

from repit.domain.summaries.rules import Source
from repit.web.release_files.report import Cell, Indicator, Report
from repit.web.words.indicators import SECRET


def told(report: Report, source: Source) -> Cell | None:
    """Return what a release says of a source.

    None when the release has no such indicator at all; a part that was put together with others,
    or that stays secret, is « secret ».
    """
    one = next((one for one in report.indicators if one.key == source.indicator), None)
    if one is None:
        return None
    return _part(one, source) if source.dimension else one.total


def _part(one: Indicator, source: Source) -> Cell:
    names = [key for key, _name in one.dimensions]
    for figure in one.figures:
        parts = dict(zip(names, figure.at, strict=True))
        wanted = parts.pop(source.dimension, None)
        if wanted and wanted.codes == (source.part,) and all(rest.whole for rest in parts.values()):
            return figure.cell
    return replace(one.total, value=None, shown=str(SECRET))
