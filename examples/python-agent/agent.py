"""An agent in plain Python that tells what it does on Vana Stream: it counts the words of files.

    VANA_URL=http://127.0.0.1:8080 VANA_TOKEN=... VANA_SESSION=words python3 agent.py README.md
"""

import json
import os
import re
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter

ATTEMPTS = 6


class Cancelled(Exception):
    """Somebody has ended the run."""


class Session:
    """One run in one session: begun, filled with events, finished."""

    def __init__(self, url, token, session, question):
        self.url, self.token, self.session = url.rstrip("/"), token, session
        self.producer, self.count = uuid.uuid4().hex, 0
        run = self._post("/api/runs", json.dumps({"session_id": session, "query": question}), key=self.producer)
        self.run = run["run_id"]

    def tell(self, *events):
        """Stores events, in order; returns their positions when they are stored."""
        lines = []
        for event in events:
            self.count += 1
            lines.append(json.dumps({"run_id": self.run, "seq": self.count, **event}))
        path = f"/api/events/{self.session}?producer={self.producer}"
        return self._post(path, "\n".join(lines), kind="application/x-ndjson")["positions"]

    def finish(self, report, status="completed"):
        self._post(f"/api/runs/{self.run}/finish", json.dumps({"status": status, "final_report": report}))

    def _post(self, path, body, kind="application/json", key=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        if key:
            headers["Idempotency-Key"] = key
        for attempt in range(ATTEMPTS):
            request = urllib.request.Request(self.url + path, body.encode(), headers, method="POST")
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as refusal:
                error = json.load(refusal)["error"]
                if error["code"] == "run_finished":
                    raise Cancelled(error["details"]["status"]) from refusal
                # The numbers of the events make a repeated request harmless.
                if not error["retryable"] or attempt == ATTEMPTS - 1:
                    raise RuntimeError(f"{error['code']}: {error['message']} {error.get('details', '')}") from refusal
            except urllib.error.URLError:
                if attempt == ATTEMPTS - 1:
                    raise
            time.sleep(0.2 * 2**attempt)


def agent_start(name, action, parent=None):
    data = {"agentId": name, "agentName": name, "agentType": "worker", "action": action, "status": "current"}
    data.update(executionStack=[name], activeAgents=[name], parentAgent=parent)
    return {"type": "agent_start", "agent_id": name, "data": data}


def agent_complete(name, seconds):
    data = {"agentId": name, "agentName": name, "status": "completed", "executionTime": seconds, "success": True}
    metrics = {"invocationCount": 1, "averageExecutionTime": seconds, "successRate": 1, "toolsUsed": ["file"]}
    data.update(hasOutput=True, stateChanges=[], activeAgents=[], metrics=metrics)
    return {"type": "agent_complete", "agent_id": name, "data": data}


def message(run, report):
    data = {"messageId": f"{run}-report", "agentId": "counter", "content": report}
    return {"type": "message_complete", "agent_id": "counter", "data": data}


def main(paths):
    question = f"Which words are frequent in {', '.join(paths)}?"
    session = Session(os.environ["VANA_URL"], os.environ["VANA_TOKEN"], os.environ["VANA_SESSION"], question)
    session.tell(agent_start("counter", question))
    words = Counter()
    try:
        for path in paths:
            started = time.monotonic()
            session.tell(agent_start(f"reader {path}", f"Read {path}", parent="counter"))
            with open(path, encoding="utf-8") as file:
                words.update(re.findall(r"[a-z]{4,}", file.read().lower()))
            session.tell(agent_complete(f"reader {path}", time.monotonic() - started))
        report = "# Frequent words\n\n" + "\n".join(f"- {word}: {n}" for word, n in words.most_common(10))
        session.tell(message(session.run, report), agent_complete("counter", 0))
        session.finish(report)
        print(f"run {session.run} is finished")
    except Cancelled as end:
        print(f"run {session.run} was ended by somebody: {end}")


if __name__ == "__main__":
    main(sys.argv[1:] or ["README.md"])
