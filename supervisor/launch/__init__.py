"""Starting, keeping and stopping a whole deployment on one machine."""

from supervisor.launch.deployment import Deployment, running_deployment
from supervisor.launch.folder import DataFolder, RunRecord

__all__ = ["DataFolder", "Deployment", "RunRecord", "running_deployment"]
