"""Both forms of discovery, and the way between them."""

from home_assistant import HomeAssistant
from house import HouseTest, main
from programs import Bridge, Broker, Simulator


class BothForms(HouseTest):
    """`discovery: device` and `discovery: entity`"""

    def setUp(self):
        super().setUp()
        self.broker = Broker(self.house)
        self.assistant = HomeAssistant(self.house, self.broker)
        self.listener = self.assistant.listener
        self.plug = Simulator(self.house, "mss305")[0]

    def configuration(self, form):
        return self.config(self.broker, self.plug, homeassistant={"discovery": form})

    def configs(self):
        """Retained discovery topics: documents, and single configs."""
        topics = self.house.retained(self.broker, "homeassistant/#")
        documents = {t for t in topics if t.startswith("homeassistant/device/")}
        return documents, set(topics) - documents

    def wait_form(self, form):
        def only_this_form():
            documents, singles = self.configs()
            return (documents and not singles) if form == "device" else (singles and not documents)

        self.wait_for(f"only {form} configs", only_this_form, 40)
        self.wait_for("the user to see the switch",
                      lambda: self.assistant.state(self.plug.id, "switch_0") in ("ON", "OFF"))

    def test_entity_form(self):
        Bridge(self.house, self.configuration("entity"))
        self.wait_form("entity")
        for name in ("switch_0", "power", "standby_time", "over_temp_type"):
            entity = self.wait_for(name, lambda n=name: self.assistant.get(self.plug.id, n))
            self.assertEqual(f"homeassistant/{entity.platform}/{self.plug.id}/{name}/config",
                             entity.origin.topic)
            self.assertEqual("lanbridge", entity.config["origin"]["name"])
            self.assertNotIn("platform", entity.config)
        self.assistant.command(self.plug.id, "switch_0", "OFF")
        self.wait_for("OFF", lambda: self.assistant.state(self.plug.id, "switch_0") == "OFF")

    def change_form_twice(self):
        """Returns the unique ids there were at first."""
        bridge = Bridge(self.house, self.configuration("device"))
        self.wait_online(self.listener, self.plug)
        self.wait_form("device")
        entities = set(self.assistant.entities)
        self.assertGreater(len(entities), 15)
        for form in ("entity", "device"):
            bridge.reload(self.configuration(form))
            self.wait_form(form)
            self.wait_for("all entities", lambda: all(e.loaded for e in self.assistant.entities.values()))
        return entities

    def test_there_and_back_without_losing_an_entity(self):
        before = self.change_form_twice()
        self.assertEqual(before, set(self.assistant.entities))
        self.assertEqual([], self.assistant.removed, "names and areas survive")

    def test_no_conflict_while_the_form_changes(self):
        self.change_form_twice()
        self.assertEqual([], self.assistant.refused[:3])

    def test_changed_while_lanbridge_was_down(self):
        bridge = Bridge(self.house, self.configuration("entity"))
        self.wait_form("entity")
        bridge.stop()
        bridge.write(self.configuration("device"))
        bridge.start()
        self.wait_form("device")
        self.assertEqual([], self.assistant.removed)

    def test_switched_off(self):
        config = self.configuration("device")
        config["homeassistant"] = {"enabled": False}
        Bridge(self.house, config)
        self.wait_payload(self.listener, f"lanbridge/{self.plug.id}/availability", "online")
        self.wait_for("a state", lambda: self.listener.get(f"lanbridge/{self.plug.id}/switch_0/state"))
        self.assertEqual((set(), set()), self.configs())

    def test_other_prefix(self):
        config = self.configuration("device")
        config["homeassistant"] = {"discovery_prefix": "ha", "status_topic": "ha/status"}
        Bridge(self.house, config)
        self.wait_for("the document below the other prefix",
                      lambda: self.listener.get(f"ha/device/lanbridge/{self.plug.id}/config"))
        self.assertEqual((set(), set()), self.configs())


if __name__ == "__main__":
    main()
