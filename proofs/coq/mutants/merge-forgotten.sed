# Buddy.v: free buddies are never merged
s/if n <=\? top then Leaf Free else Node l r/if (n <=? top) \&\& false then Leaf Free else Node l r/
