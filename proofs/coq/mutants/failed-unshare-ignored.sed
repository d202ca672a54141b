# Sharer.v: a granule that cannot be taken back is not quarantined
s/\(if good then failed else a :: failed, l\)/(failed, l)/
