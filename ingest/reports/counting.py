"""How many cells of days hold a code, as a formula that every spreadsheet works out alike. Pure.

A cell holds one code or two with a space between, and perhaps the mark of a correction. A code is
looked for as a whole word and in its own case: TL1 is not in TL10, H not in HT. COUNTIF would not
do, as it takes `?` for any letter and `1/2` for a day.
"""

from collections.abc import Sequence

from ingest.reports.notes import CORRECTED


def formula(cells: str, codes: Sequence[str]) -> str:
    """Return a formula for how many of `cells` (such as `D5:AH5`) hold a code.

    Of several codes it counts the cells that begin with one of them, each cell once.
    """
    plain = f'SUBSTITUTE({cells},"{CORRECTED}","")&" "'
    if len(codes) == 1:
        sought = f'" {codes[0]} "," "&{plain}'
    else:
        sought = f'" "&LEFT({plain},FIND(" ",{plain}))," {" ".join(codes)} "'
    return f"=SUMPRODUCT(--ISNUMBER(FIND({sought})))"
