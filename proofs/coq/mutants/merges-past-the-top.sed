# Buddy.v: free buddies merge at every order
s/if n <=\? top then Leaf Free else Node l r/if (n <=? top) || true then Leaf Free else Node l r/
