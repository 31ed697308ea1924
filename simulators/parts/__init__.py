"""The far side of every port: what a hand, an eye or an ear would do with the part."""
