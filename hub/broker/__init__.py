"""The MQTT broker as a supervised child of the hub: NATS or mosquitto behind one small adapter."""
