"""Fonnte, Wablas, Qontak and Zenziva on loopback, as their clients and pages show them."""

from urllib.parse import parse_qs, urlsplit

from gateways.web import Asked, Gateway

TOKEN, SECRET, PASS = "tok-3n", "r4hasia", "kunci-lewat"


class FakeFonnte(Gateway):
    """The body decides: refusals come with 200."""

    def __init__(self) -> None:
        super().__init__()
        self.inbox: list[dict[str, str]] = []
        self.states: dict[str, str] = {}

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.headers.get("authorization") != TOKEN:
            return 200, {"status": False, "reason": "unknown token"}
        form = asked.form()
        if asked.path == "/status":
            state = self.states.get(form["id"])
            if state is None:
                return 200, {"status": False, "reason": "id not found"}
            return 200, {"status": True, "message_status": state}
        if "," in form["target"]:
            return 200, {"status": False, "reason": "one target a call, in these tests"}
        self.inbox.append(form)
        return 200, {"detail": "success! message in queue", "id": [str(80_000 + len(self.inbox))],
                     "process": "pending", "status": True, "target": [form["target"]]}  # fmt: skip


class FakeWablas(Gateway):
    def __init__(self) -> None:
        super().__init__()
        self.inbox: list[dict[str, str]] = []
        self.states: dict[str, str] = {}
        """By our reference."""

    def answer(self, asked: Asked) -> tuple[int, object]:
        if asked.headers.get("authorization") != f"{TOKEN}.{SECRET}":
            return 403, {"status": False, "message": "token invalid"}
        if asked.method == "GET":
            return 200, {"status": True, "message": self._report(asked.path)}
        (item,) = asked.json()["data"]
        self.inbox.append(item)
        self.states[item["ref_id"]] = "pending"
        given = {"id": f"w-{len(self.inbox)}", "phone": item["phone"], "message": item["message"],
                 "status": "pending", "ref_id": item["ref_id"]}  # fmt: skip
        return 200, {"status": True, "data": {"device_id": "D", "quota": 9, "messages": [given]}}

    def _report(self, path: str) -> list[dict[str, str]]:
        wanted = parse_qs(urlsplit(path).query)["ref_id"][0]
        return [
            {"id": f"w-{place}", "ref_id": one["ref_id"], "status": self.states[one["ref_id"]]}
            for place, one in enumerate(self.inbox, start=1)
            if one["ref_id"] == wanted
        ]


class FakeQontak(Gateway):
    def __init__(self) -> None:
        super().__init__()
        self.inbox: list[dict[str, object]] = []
        self.states: dict[str, str] = {}
        self.proofs: list[str] = []

    def answer(self, asked: Asked) -> tuple[int, object]:
        proof = asked.headers.get("authorization", "")
        self.proofs.append(proof)
        if proof != f"Bearer {TOKEN}" and not proof.startswith('hmac username="'):
            return 401, {"status": "error", "error": {"code": 401, "messages": ["invalid token"]}}
        if asked.method == "GET":
            given = asked.path.split("/")[-3]
            rows = [{"status": self.states[given]}] if given in self.states else []
            return 200, {"status": "success", "data": rows}
        told = asked.json()
        if not told["parameters"]["body"]:
            error = {"code": 422, "messages": ["parameters do not fit the template"]}
            return 422, {"status": "error", "error": error}
        self.inbox.append(told)
        given = f"q-{len(self.inbox)}"
        self.states[given] = "todo"
        return 201, {"status": "success", "data": {"id": given, "name": told["to_name"]}}


class FakeZenziva(Gateway):
    def __init__(self) -> None:
        super().__init__()
        self.inbox: list[dict[str, str]] = []

    def answer(self, asked: Asked) -> tuple[int, object]:
        form = asked.form()
        if (form["userkey"], form["passkey"]) != (TOKEN, PASS):
            return 200, {"status": "5", "text": "Userkey / Passkey Salah"}
        self.inbox.append({"path": asked.path, **form})
        return 200, {"messageId": 68_916 + len(self.inbox), "to": form["to"], "status": "1",
                     "text": "Success", "cost": 400}  # fmt: skip
