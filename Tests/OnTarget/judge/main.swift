OnTarget.main()
