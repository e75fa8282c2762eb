"""Cases kept: what the machine of `ingest.discipline.cases` is asked, and what follows is written.

`dossier` holds the cases of one person for one transaction; `situation` and `grounds` gather what
is known of him; `rounds` goes through everybody; `simulating` asks other rules, and writes nothing.
"""

from ingest.casework.dossier import Dossier, NotAtRest, Wrote
from ingest.casework.keeping import Keeping
from ingest.casework.rounds import Round, run_round

__all__ = ["Dossier", "Keeping", "NotAtRest", "Round", "Wrote", "run_round"]
