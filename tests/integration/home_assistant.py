"""Home Assistant as far as a bridge can see it: discovery, its registry, availability, commands, birth."""

import collections
import json
import threading

from listener import Listener

Origin = collections.namedtuple("Origin", "topic component")


class Entity:
    def __init__(self, origin, platform, config):
        self.origin, self.platform, self.config = origin, platform, config
        self.loaded = True


class HomeAssistant:
    """Keeps a registry of entities by unique id as Home Assistant does: removing and adding again is a loss."""

    shared = ("availability", "availability_mode", "availability_topic", "payload_available",
              "payload_not_available", "state_topic", "command_topic")

    def __init__(self, house, broker, prefix="homeassistant"):
        self.broker, self.prefix = broker, prefix
        self.lock = threading.RLock()
        self.entities = {}
        self.removed = []
        self.refused = []
        self.listener = Listener(house, broker, "#", self.incoming)

    def incoming(self, message):
        parts = message.topic.split("/")
        if parts[0] != self.prefix or parts[-1] != "config" or len(parts) not in (4, 5):
            return
        with self.lock:
            if not message.payload:
                self.forget(message.topic)
                return
            try:
                config = json.loads(message.payload)
            except ValueError:
                self.refused.append(f"{message.topic}: not JSON")
                return
            if config.get("migrate_discovery") is True and len(config) == 1:
                self.unload(message.topic)
            elif parts[1] == "device":
                self.document(message.topic, config)
            else:
                self.entity(Origin(message.topic, parts[-2]), parts[1], config)

    def forget(self, topic):
        for unique_id, entity in list(self.entities.items()):
            if entity.origin.topic == topic and entity.loaded:
                self.removed.append(unique_id)
                del self.entities[unique_id]

    def unload(self, topic):
        for entity in self.entities.values():
            if entity.origin.topic == topic:
                entity.loaded = False

    def document(self, topic, document):
        if not document.get("device", {}).get("identifiers") or not document.get("origin", {}).get("name"):
            self.refused.append(f"{topic}: no identifiers or origin")
            return
        for name, component in document["components"].items():
            origin = Origin(topic, name)
            if set(component) == {"platform"}:
                self.marker(origin)
                continue
            merged = {key: document[key] for key in self.shared if key in document}
            merged.update(component)
            self.entity(origin, component["platform"], merged)

    def marker(self, origin):
        for unique_id, entity in list(self.entities.items()):
            if entity.origin == origin:
                self.removed.append(unique_id)
                del self.entities[unique_id]

    def entity(self, origin, platform, config):
        unique_id = config.get("unique_id")
        if not unique_id:
            self.refused.append(f"{origin}: no unique_id")
            return
        known = self.entities.get(unique_id)
        if known and known.loaded and known.origin != origin:
            self.refused.append(f"{unique_id}: conflicting discovery, {known.origin.topic} and {origin.topic}")
            return
        if known and known.platform != platform:
            self.refused.append(f"{unique_id}: was {known.platform}, cannot become {platform}")
            return
        self.entities[unique_id] = Entity(origin, platform, config)

    def unique_id(self, device, entity):
        return f"lanbridge_{device}_{entity}"

    def get(self, device, entity):
        with self.lock:
            found = self.entities.get(self.unique_id(device, entity))
            return found if found and found.loaded else None

    def available(self, device, entity):
        found = self.get(device, entity)
        if not found:
            return False
        config = found.config
        topics = [entry["topic"] for entry in config.get("availability", [])]
        topics += [config["availability_topic"]] if "availability_topic" in config else []
        return all(self.listener.get(topic) == "online" for topic in topics)

    def state(self, device, entity):
        """What the user sees."""
        if not self.available(device, entity):
            return "unavailable"
        value = self.listener.get(self.get(device, entity).config["state_topic"])
        return "unknown" if value in (None, "None") else value

    def command(self, device, entity, payload):
        self.broker.publish(self.get(device, entity).config["command_topic"], payload)

    def of_device(self, device):
        """Entities that are loaded, by key."""
        start = self.unique_id(device, "")
        with self.lock:
            return {unique_id[len(start):]: entity for unique_id, entity in self.entities.items()
                    if unique_id.startswith(start) and entity.loaded}

    def start(self):
        """The birth message, as sent after a start of Home Assistant."""
        self.broker.publish(f"{self.prefix}/status", "online")

    def delete_device(self, topic):
        """The user deletes it: Home Assistant clears the topic."""
        self.broker.publish(topic, None, retain=True)
