"""Broker, devices and lanbridge go down and come back in any order; nobody has to help."""

import itertools
import signal

from home_assistant import HomeAssistant
from house import HouseTest, main
from listener import Listener
from programs import Bridge, Broker, Simulator


class Restarts(HouseTest):
    def open_house(self, persistent, *paths):
        self.broker = Broker(self.house, persistent=persistent)
        self.simulator = Simulator(self.house, *paths)
        self.bridge = Bridge(self.house, self.config(self.broker, *self.simulator.devices))
        self.listener = Listener(self.house, self.broker)
        for device in self.simulator.devices:
            self.wait_online(self.listener, device)
        self.wait_for("bridge/devices", lambda: self.listener.get("lanbridge/bridge/devices"))

    def switch(self, device, wanted):
        self.broker.publish(f"lanbridge/{device.id}/switch_0/set", wanted)
        self.wait_payload(self.listener, f"lanbridge/{device.id}/switch_0/state", wanted)

    def picture(self):
        """Which topics a newcomer finds on the broker."""
        return {t for t in self.house.retained(self.broker) if not t.startswith("house/")}

    def healthy(self, topics):
        """Everything is retained, on line and obeys, and nothing is there that was not there before."""
        missing = []

        def complete():
            retained = self.house.retained(self.broker)
            missing[:] = topics - set(retained)
            return (not missing and retained["lanbridge/bridge/state"] == "online"
                    and all(retained[f"lanbridge/{d.id}/availability"] == "online"
                            for d in self.simulator.devices))

        self.wait_for(lambda: f"all to be back on the broker; missing: {missing}", complete, 60)
        self.listener.stop()
        self.listener = Listener(self.house, self.broker)
        self.wait_for("lanbridge to have met its devices", self.met_all)
        self.assertEqual(topics, self.picture())
        for device in self.simulator.devices:
            self.switch(device, "OFF")
            self.switch(device, "ON")

    def met_all(self):
        """In this life: what a persistent broker has retained proves nothing."""
        self.broker.publish("lanbridge/bridge/request/health", "")
        self.listener.synchronise()
        answer = self.listener.json("lanbridge/bridge/response/health")
        return answer and answer["data"]["counts"]["online"] == len(self.simulator.devices)

    def restart_broker(self, number=signal.SIGKILL):
        self.broker.stop(number)
        self.broker.start()

    def restart_devices(self):
        self.simulator.stop(signal.SIGKILL)
        self.simulator.start()

    def restart_bridge(self):
        self.bridge.kill()
        self.bridge.start()

    def test_broker_without_persistence(self):
        self.open_house(False, "mss310")
        topics = self.picture()
        self.restart_broker()
        self.healthy(topics)

    def test_broker_with_persistence(self):
        self.open_house(True, "mss310")
        topics = self.picture()
        self.restart_broker(signal.SIGTERM)
        self.healthy(topics)

    def test_every_order(self):
        self.open_house(False, "mss310", "mss210")
        home_assistant = HomeAssistant(self.house, self.broker)
        topics = self.picture()
        actions = (self.restart_broker, self.restart_devices, self.restart_bridge)
        for order in itertools.permutations(actions):
            with self.subTest(order=[action.__name__ for action in order]):
                for action in order:
                    action()
                self.healthy(topics)
        self.assertEqual([], home_assistant.refused)
        self.assertEqual([], home_assistant.removed, "no entity was ever taken away")

    def test_all_away_at_once(self):
        """Each way to come back, from nothing."""
        self.open_house(True, "mss310")
        topics = self.picture()
        starts = (self.broker.start, self.simulator.start, self.bridge.start)
        for order in itertools.permutations(starts):
            with self.subTest(order=[f"{type(start.__self__).__name__}" for start in order]):
                self.bridge.kill()
                self.simulator.stop(signal.SIGKILL)
                self.broker.stop()
                for start in order:
                    start()
                self.healthy(topics)


if __name__ == "__main__":
    main()
