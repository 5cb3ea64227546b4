"""Nothing leaves the machine: what libraries would send home by themselves is off before they are imported.

ONNX Runtime looks up a telemetry host and keeps a device id in the user's cache folder; Gradio counts its launches and
asks for its latest version; huggingface_hub and transformers tell which functions are used.
"""

from __future__ import annotations

import os

SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}
"""Environment variables that each library reads when it is imported."""
WITHOUT_HUB = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""The same for the model hub, which is asked only for a model that is named and that this machine does not have."""


def keep_silent() -> None:
    """Set what the libraries read, for this process and those that it starts."""
    os.environ.update(SILENT)


def without_hub() -> None:
    """From now on no model is looked for but on this machine, unless the user has said otherwise."""
    for name, value in WITHOUT_HUB.items():
        os.environ.setdefault(name, value)
