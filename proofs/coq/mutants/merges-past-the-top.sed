# Buddy.v: free buddies merge at every order
s/if n <=\? top then Leaf Free else Node l r/Leaf Free/
