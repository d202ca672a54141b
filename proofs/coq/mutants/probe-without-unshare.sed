# Sharer.v: the probe ends with its SHARE
s/if good then ask Unshare a l else \(false, l\)/(good, l)/
