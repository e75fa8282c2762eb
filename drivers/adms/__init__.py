"""ADMS push: terminals of the ZK family that call a server over HTTP and hand in their records."""
