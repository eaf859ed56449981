#!/usr/bin/env -S python3 -B
"""Says why a Remote Desktop connection does not open.

    check.py [--json] TARGET

Exit status: 0 if it opens, 1 if it does not, 2 if that could not be tried.
"""

import json
import sys

from rdp_probe import Prober, ProbeError


def main() -> int:
    options = [word for word in sys.argv[1:] if word.startswith("-")]
    targets = [word for word in sys.argv[1:] if not word.startswith("-")]
    if len(targets) != 1 or set(options) - {"--json"}:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    try:
        with Prober(budget=(5, 15)) as prober:
            report = prober.check(targets[0])
    except ProbeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report.json()) if options else report.text)
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
