# Sharer.v: a refill that fails leaves shared what it had shared
s/take_back done l in/take_back [] l in/
