"""The daemon of an office: reads its terminals, keeps the punches, forwards them to the centre."""
