"""Discovery documents as Home Assistant accepts them."""

import json

from ground import SOURCE

try:
    import jsonschema
except ImportError:
    jsonschema = None


def validate_documents(test, retained, prefix="homeassistant"):
    """Those among `retained`, a dictionary of topics. Where python3-jsonschema is missing nothing is checked."""
    if jsonschema is None:
        return
    schema = json.loads((SOURCE / "tests" / "data" / "ha-mqtt-schema.json").read_text())
    validator = jsonschema.validators.validator_for(schema)(schema)
    for topic, payload in list(retained.items()):
        if not topic.startswith(f"{prefix}/") or not topic.endswith("/config"):
            continue
        errors = [error.message for error in validator.iter_errors({"topic": topic, "payload": json.loads(payload)})]
        test.assertEqual([], errors, topic)
